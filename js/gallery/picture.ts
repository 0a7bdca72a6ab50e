// A moving picture without a camera: a face of circles on a warm wall.

export function picture(hue: number, width = 640, height = 480): MediaStreamTrack | null {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) return null;
  const draw = () => {
    const wall = context.createLinearGradient(0, 0, width, height);
    wall.addColorStop(0, `hsl(${hue} 24% 78%)`);
    wall.addColorStop(1, `hsl(${hue} 20% 58%)`);
    context.fillStyle = wall;
    context.fillRect(0, 0, width, height);
    const sway = Math.sin(performance.now() / 900) * 6;
    const disc = (x: number, y: number, rx: number, ry: number, fill: string) => {
      context.fillStyle = fill;
      context.beginPath();
      context.ellipse(x, y, rx, ry, 0, 0, Math.PI * 2);
      context.fill();
    };
    const x = width / 2 + sway;
    disc(x, height * 1.02, width * 0.3, height * 0.34, `hsl(${hue + 160} 30% 30%)`);
    disc(x, height * 0.42, width * 0.16, height * 0.3, "#4b3426");
    disc(x, height * 0.47, width * 0.125, height * 0.23, "#e2b493");
    disc(x - width * 0.045, height * 0.44, 7, 7, "#2a2320");
    disc(x + width * 0.045, height * 0.44, 7, 7, "#2a2320");
    context.strokeStyle = "#8d4b3c";
    context.lineWidth = 5;
    context.beginPath();
    context.arc(x, height * 0.53, width * 0.045, 0.25, Math.PI - 0.25);
    context.stroke();
  };
  draw();
  setInterval(draw, 66);
  return canvas.captureStream(15).getVideoTracks()[0] ?? null;
}

/** A window with some lines of text, as somebody would share it. */
export function slide(words: string, width = 1280, height = 720): MediaStreamTrack | null {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) return null;
  const draw = () => {
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, width, height);
    context.fillStyle = "#1f2933";
    context.font = "600 56px sans-serif";
    context.fillText(words, 90, 130);
    context.font = "30px sans-serif";
    for (let line = 0; line < 9; line++) {
      context.fillText(
        `${line + 1}. What happened, what I thought, what I did`,
        90,
        220 + line * 52,
      );
    }
  };
  draw();
  setInterval(draw, 200);
  return canvas.captureStream(5).getVideoTracks()[0] ?? null;
}
