using System.Net;
using System.Net.Sockets;

namespace TacHost.Services.Networking.Connecting;

/// <summary>One address could not be connected to.</summary>
internal sealed class AttemptException(EndPoint address, SocketException cause) : Exception($"{address}: {cause.Message}", cause)
{
    public EndPoint Address => address;

    public SocketError Error => cause.SocketErrorCode;
}
