"""The floor of a group: pages that each hold a connection to each other, show and play what comes, and do nothing
else; their signals go through a bare relay. The pictures are as large on the screen as ours, limited as ours are among
that many, and as small as ours for the first second."""

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Bare mesh</title><style>
body { margin: 0; }
video { width: 32vw; height: 46vh; object-fit: cover; }
</style></head><body>
<video id="own" autoplay muted playsinline></video><span id="others"></span>
<script>
const socket = new WebSocket(location.hash.slice(1));
const send = (message) => socket.send(JSON.stringify({ from: me, ...message }));
const me = Math.random();
const last = location.search.includes("last");
const limits = { maxBitrate: 500000, maxFramerate: 15, scaleResolutionDownBy: 4 };
const grown = { ...limits, scaleResolutionDownBy: 2 };
const stream = navigator.mediaDevices.getUserMedia({
  audio: true, video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" } });
const opened = new Promise((resolve) => { socket.onopen = resolve; });
Promise.all([stream, opened]).then(([s]) => {
  document.getElementById("own").srcObject = s;
  document.title = "Ready";
  if (!last) send({ hello: true });
});
const peers = new Map();
function make(other, s, offers) {
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const video = document.createElement("video");
  video.autoplay = video.muted = video.playsInline = true;
  const voice = new Audio();
  voice.autoplay = true;
  document.getElementById("others").append(video, voice);
  pc.onicecandidate = ({ candidate }) => { if (candidate) send({ to: other, candidate }); };
  pc.onconnectionstatechange = () => {
    if (pc.connectionState === "connected") setTimeout(() => limit(pc, grown), 1000);
  };
  pc.ontrack = ({ track }) => {
    (track.kind === "video" ? video : voice).srcObject = new MediaStream([track]);
  };
  if (offers) {
    for (const track of s.getTracks()) {
      const sendEncodings = track.kind === "video" ? [limits] : [{}];
      pc.addTransceiver(track, { streams: [s], sendEncodings });
    }
  }
  const peer = { pc, video, voice, early: [] };
  peers.set(other, peer);
  return peer;
}
async function limit(pc, limits) {
  if (pc.signalingState === "closed") return;
  const sender = pc.getSenders().find(({ track }) => track.kind === "video");
  const parameters = sender.getParameters();
  Object.assign(parameters.encodings[0], limits);
  await sender.setParameters(parameters);
}
function drop(other) {
  const peer = peers.get(other);
  peer?.pc.close();
  peer?.video.remove();
  peer?.voice.remove();
  peers.delete(other);
}
async function hear({ from, to, go, stop, hello, bye, description, candidate }) {
  if (from === me || (to !== undefined && to !== me)) return;
  const s = await stream;
  if (go) {
    if (last) send({ hello: true });
  } else if (stop) {
    if (!last) return;
    for (const other of [...peers.keys()]) drop(other);
    send({ bye: true });
  } else if (bye) {
    drop(from);
  } else if (hello) {
    const { pc } = make(from, s, true);
    await pc.setLocalDescription();
    send({ to: from, description: pc.localDescription });
  } else if (description?.type === "offer") {
    const { pc, early } = make(from, s, false);
    await pc.setRemoteDescription(description);
    for (const track of s.getTracks()) pc.addTrack(track, s);
    await limit(pc, limits);
    await pc.setLocalDescription();
    send({ to: from, description: pc.localDescription });
    for (const one of early.splice(0)) await pc.addIceCandidate(one);
  } else {
    const peer = peers.get(from);
    if (peer === undefined) return;
    if (description) {
      await peer.pc.setRemoteDescription(description);
      for (const one of peer.early.splice(0)) await peer.pc.addIceCandidate(one);
    } else if (peer.pc.remoteDescription) {
      await peer.pc.addIceCandidate(candidate);
    } else {
      peer.early.push(candidate);
    }
  }
}
let work = Promise.resolve();
socket.onmessage = ({ data }) => { work = work.then(() => hear(JSON.parse(data))); };
</script></body></html>"""
