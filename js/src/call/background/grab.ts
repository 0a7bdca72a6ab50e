// The camera's present frame, no larger than it is wanted.
//
// Without a graphics card Chromium turns a frame into RGB when a video is drawn and keeps the result, although the frame
// is never drawn again: 1.2 MB for each frame of 640x480, until it holds half a gigabyte. So where a frame lies in memory
// its pixels are copied instead, into a buffer that is used again. Elsewhere the video is drawn.

/** What newer browsers say of a frame and the types do not know yet. */
type Turned = VideoFrame & { readonly rotation?: number; readonly flip?: boolean };

export class Grabber {
  /** RGBA of one frame of the camera's own size. */
  #pixels: ImageData | null = null;
  /** A browser that cannot copy is asked once. */
  #copies = typeof VideoFrame === "function" && "rotation" in VideoFrame.prototype;

  /** The last frame is not kept when nobody looks. */
  rest(): void {
    this.#pixels = null;
  }

  /** One at a time. The picture is the caller's to close; `null`: there is none now. */
  async grab(video: HTMLVideoElement, highest: number): Promise<ImageBitmap | null> {
    if (video.paused) void video.play().catch(() => undefined);
    const { videoWidth, videoHeight, readyState } = video;
    if (readyState < HTMLMediaElement.HAVE_CURRENT_DATA || videoWidth === 0) return null;
    // The shorter side counts, so that an upright phone gets as fine a picture as a lying one.
    const scale = Math.min(1, highest / Math.min(videoWidth, videoHeight));
    const even = (side: number) => Math.max(2, Math.round((side * scale) / 2) * 2);
    const size: ImageBitmapOptions = {
      resizeWidth: even(videoWidth),
      resizeHeight: even(videoHeight),
      resizeQuality: "low",
    };
    try {
      const pixels = this.#copies ? await this.#copy(video) : null;
      return await createImageBitmap(pixels ?? video, size);
    } catch {
      return null; // between two cameras there may be no frame
    }
  }

  async #copy(video: HTMLVideoElement): Promise<ImageData | null> {
    let frame: Turned;
    try {
      frame = new VideoFrame(video);
    } catch {
      return null;
    }
    try {
      // As a camera in memory gives it. From the graphics card a copy would be dear, and there is no such store.
      if (frame.format !== "I420" || !isAsShown(frame, video)) return null;
      const { videoWidth: width, videoHeight: height } = video;
      let pixels = this.#pixels;
      if (pixels?.width !== width || pixels.height !== height)
        pixels = new ImageData(width, height);
      this.#pixels = pixels;
      const planes = await frame.copyTo(pixels.data, { format: "RGBA" });
      const converted = planes.length === 1 && planes[0]?.stride === 4 * width;
      if (!converted) this.#copies = false; // a browser that knows no conversion gave its own planes
      return converted ? pixels : null;
    } catch {
      this.#copies = false;
      return null;
    } finally {
      frame.close();
    }
  }
}

/** What is copied is what the sensor saw: a phone may have been turned since, or its pixels may not be square. */
function isAsShown(frame: Turned, video: HTMLVideoElement): boolean {
  const { rotation, flip, visibleRect } = frame;
  return (
    rotation === 0 &&
    flip === false &&
    visibleRect?.width === video.videoWidth &&
    visibleRect.height === video.videoHeight
  );
}
