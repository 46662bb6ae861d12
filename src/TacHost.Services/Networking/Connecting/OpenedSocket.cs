using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace TacHost.Services.Networking.Connecting;

/// <summary>A socket that is connected, with whom, and the cipher if TLS is spoken on it; nothing of its protocol has been said yet.</summary>
internal sealed record OpenedSocket(Socket Socket, EndPoint Peer, SslStream? Tls = null);
