"""Network: a worker has no sockets but pairs that it makes with itself."""

from __future__ import annotations

from tests.containment.scene import Attack, arrived
from tests.containment.trial import test_the_wall_holds as test_the_wall_holds

ATTACKS = {
    "TCP": Attack(code="socket.create_connection(T['tcp'], 2).getpeername()[1] == T['tcp'][1]"),
    "TCP over IPv6": Attack(
        code="socket.create_connection(T['tcp6'], 2).getpeername()[1] == T['tcp6'][1]"
    ),
    "TCP without waiting": Attack(
        code="""
s = socket.socket()
s.setblocking(False)
s.connect_ex(T['tcp']) in (0, 115)"""
    ),
    "TCP with data in the first packet": Attack(
        code="""
s = socket.socket()
s.sendto(b'x', 0x20000000, T['tcp']) == 1""",
    ),
    "UDP": Attack(
        code="socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', T['udp']) == 1", effect=arrived
    ),
    "a name": Attack(code="len(socket.getaddrinfo('localhost', 80)) > 0"),
    "asyncio": Attack(
        code="""
import asyncio
reader, writer = await asyncio.open_connection(*T['tcp'])
writer.get_extra_info('peername')[1] == T['tcp'][1]"""
    ),
    "listen": Attack(
        code="""
s = socket.create_server(('127.0.0.1', 0))
s.getsockname()[1] > 0"""
    ),
    "a socket file": Attack(
        code="""
s = socket.socket(socket.AF_UNIX)
s.connect(T['unix']) is None"""
    ),
    "an abstract socket": Attack(
        code="""
s = socket.socket(socket.AF_UNIX)
s.connect(T['abstract']) is None"""
    ),
    "a datagram to a socket file": Attack(
        code="""
a, b = socket.socketpair(type=socket.SOCK_DGRAM)
a.sendto(b'x', T['unix_datagram']) == 1""",
        effect=arrived,
    ),
    "a datagram to an abstract socket": Attack(
        code="""
a, b = socket.socketpair(type=socket.SOCK_DGRAM)
a.sendto(b'x', T['abstract_datagram']) == 1""",
        effect=arrived,
    ),
    "a message to an abstract socket": Attack(
        code="""
a, b = socket.socketpair(type=socket.SOCK_DGRAM)
a.sendmsg([b'x'], [], 0, T['abstract_datagram']) == 1""",
        effect=arrived,
    ),
    "turn a descriptor of its own": Attack(
        code="""
a, b = socket.socketpair(type=socket.SOCK_DGRAM)
(a.connect(T['unix_datagram']), a.send(b'x'))[1] == 1""",
        effect=arrived,
    ),
    "offer a socket file": Attack(
        code="""
s = socket.socket(socket.AF_UNIX)
s.bind('socket')
os.path.exists('socket')"""
    ),
    "raw packets": Attack(
        code="socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).fileno() > 0", root=True
    ),
    "the network's configuration": Attack(
        code="socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).fileno() > 0"
    ),
    "all packets": Attack(
        code="socket.socket(socket.AF_PACKET, socket.SOCK_RAW).fileno() > 0", root=True
    ),
}
