using System.Net;

namespace TacHost.Services.Networking;

/// <summary>A service that can say where it listens: <c>tachost tree</c> shows it.</summary>
public interface IListeningService
{
    /// <summary>Gets the addresses that the service listens on, with the port that was picked for 0. Empty while it is not bound. May be read from any thread at any time.</summary>
    IReadOnlyList<EndPoint> LocalAddresses { get; }
}
