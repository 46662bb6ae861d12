using System.Net;

namespace TacHost.Services.Networking.Connections;

/// <summary>Who talks to whom, as a proxy in front of this process has said.</summary>
internal sealed record ConnectionEnds(EndPoint Peer, EndPoint Local);
