namespace TacHost.Services.Networking;

/// <summary>Builds a protocol for each connection that a listener accepts, and keeps what they share.</summary>
/// <remarks>One factory may serve several listeners at once. Ported from <c>twisted.internet.protocol.ServerFactory</c>.</remarks>
public abstract class ServerFactory : Factory;
