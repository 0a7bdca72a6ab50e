// A moving picture of one track. It never plays sound: that is the call's (`call/sound.ts`).
import { useEffect, useRef } from "preact/hooks";

interface PictureProps {
  track: MediaStreamTrack;
  mirrored?: boolean;
  /** All of it is shown, whatever its shape: a screen must lose no edge. */
  whole?: boolean;
  /** The first picture of this track is there. */
  onShown?: () => void;
}

export function Picture({ track, mirrored = false, whole = false, onShown }: PictureProps) {
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = ref.current;
    if (video === null) return;
    video.muted = true;
    video.srcObject = new MediaStream([track]);
    const play = () => void video.play().catch(() => undefined);
    // An upright picture in a wide tile would lose its head: show all of it instead.
    const shape = () => {
      const upright = video.videoHeight > video.videoWidth;
      const wide = video.clientWidth > video.clientHeight;
      video.dataset.fit = whole || (upright && wide) ? "whole" : "fill";
    };
    video.addEventListener("loadedmetadata", play);
    video.addEventListener("resize", shape);
    play();
    shape();
    // JupyterLab takes scrolled-away outputs out of the page, which pauses them for good.
    const seen = new IntersectionObserver(() => {
      if (video.paused) play();
    });
    seen.observe(video);
    return () => {
      seen.disconnect();
      video.removeEventListener("loadedmetadata", play);
      video.removeEventListener("resize", shape);
      video.srcObject = null;
    };
  }, [track, whole]);
  return (
    <video
      ref={ref}
      class={mirrored ? "picture mirrored" : "picture"}
      autoPlay
      muted
      playsInline
      disablePictureInPicture
      aria-hidden="true"
      tabIndex={-1}
      onLoadedData={onShown}
    />
  );
}
