"""The room's ICE servers as aiortc wants them. No connection is made here."""

from __future__ import annotations

import logging

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCIceServer
from aiortc.rtcconfiguration import RTCIceTransportPolicy
from aiortc.rtcicetransport import parse_stun_turn_uri

from telehealth_widget.protocol.messages import Ice, IceServer

log = logging.getLogger(__name__)


def configuration(ice: Ice | None) -> RTCConfiguration:
    """What an RTCPeerConnection is made with; None: addresses of this machine only."""
    servers = [server for entry in ice.servers for server in _servers(entry)] if ice else []
    return RTCConfiguration(
        iceServers=servers,  # an empty list: None would mean a public STUN server
        iceTransportPolicy=(
            RTCIceTransportPolicy.RELAY if ice and ice.relay_only else RTCIceTransportPolicy.ALL
        ),
        bundlePolicy=RTCBundlePolicy.MAX_BUNDLE,
    )


def _servers(entry: IceServer) -> list[RTCIceServer]:
    urls = []
    for url in entry.urls:
        try:
            parse_stun_turn_uri(url)
        except ValueError:
            log.warning("an ICE server has an address that aiortc does not understand")
        else:
            urls.append(url)
    if not urls:
        return []
    return [RTCIceServer(urls=urls, username=entry.username, credential=entry.credential)]
