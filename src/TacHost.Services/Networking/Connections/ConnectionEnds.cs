using System.Net;

namespace TacHost.Services.Networking.Connections;

/// <summary>The peer and local addresses of a connection, as given by a proxy in front of this process.</summary>
internal sealed record ConnectionEnds(EndPoint Peer, EndPoint Local);
