"""The floor of a call: two pages, one RTCPeerConnection each, their signals through a bare relay."""

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Bare call</title></head><body>
<video id="own" autoplay muted playsinline></video><div id="others"></div>
<script>
const socket = new WebSocket(location.hash.slice(1));
const send = (message) => socket.send(JSON.stringify(message));
const stream = navigator.mediaDevices.getUserMedia({
  audio: true, video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" } });
stream.then((s) => {
  document.getElementById("own").srcObject = s;
  document.title = "Ready";
});
const me = Math.random();
let pc = null;
let early = [];
function start(s) {
  pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  for (const track of s.getTracks()) pc.addTrack(track, s);
  pc.onicecandidate = ({ candidate }) => { if (candidate) send({ from: me, candidate }); };
  pc.ontrack = ({ track }) => {
    if (track.kind !== "video") return;
    const video = document.createElement("video");
    video.autoplay = video.muted = video.playsInline = true;
    video.srcObject = new MediaStream([track]);
    document.getElementById("others").replaceChildren(video);
  };
}
async function hear(message) {
  if (message.from === me) return;
  const s = await stream;
  if (message.stop) {
    pc?.close();
    pc = null;
    early = [];
    document.getElementById("others").replaceChildren();
  } else if (message.go !== undefined) {
    if (!location.search.includes("offers")) return;
    start(s);
    await pc.setLocalDescription();
    send({ from: me, description: pc.localDescription });
  } else if (message.description?.type === "offer") {
    start(s);
    await pc.setRemoteDescription(message.description);
    await pc.setLocalDescription();
    send({ from: me, description: pc.localDescription });
    for (const candidate of early.splice(0)) await pc.addIceCandidate(candidate);
  } else if (message.description) {
    await pc.setRemoteDescription(message.description);
    for (const candidate of early.splice(0)) await pc.addIceCandidate(candidate);
  } else if (pc?.remoteDescription) {
    await pc.addIceCandidate(message.candidate);
  } else {
    early.push(message.candidate);
  }
}
let work = Promise.resolve();
socket.onmessage = ({ data }) => { work = work.then(() => hear(JSON.parse(data))); };
</script></body></html>"""
