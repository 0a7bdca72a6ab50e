// A moving picture of one track. It never plays sound: that is the call's (`call/sound.ts`).
import { useEffect, useRef } from "preact/hooks";

export function Picture({
  track,
  mirrored = false,
}: {
  track: MediaStreamTrack;
  mirrored?: boolean;
}) {
  const ref = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = ref.current;
    if (video === null) return;
    video.muted = true;
    video.srcObject = new MediaStream([track]);
    const play = () => void video.play().catch(() => undefined);
    // An upright picture in a wide tile would lose its head: show all of it instead.
    const fit = () => {
      const upright = video.videoHeight > video.videoWidth;
      const wide = video.clientWidth > video.clientHeight;
      video.dataset.fit = upright && wide ? "whole" : "fill";
    };
    video.addEventListener("loadedmetadata", play);
    video.addEventListener("resize", fit);
    play();
    // JupyterLab takes scrolled-away outputs out of the page, which pauses them for good.
    const seen = new IntersectionObserver(() => {
      if (video.paused) play();
    });
    seen.observe(video);
    return () => {
      seen.disconnect();
      video.removeEventListener("loadedmetadata", play);
      video.removeEventListener("resize", fit);
      video.srcObject = null;
    };
  }, [track]);
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
    />
  );
}
