using TacHost.Services.Networking;

namespace TacHost.Servers.Inetd;

/// <summary>How an <see cref="InetdServer"/> treats its services.</summary>
public sealed record InetdOptions
{
    /// <summary>How many connections, and so programs, each service may have at once. Its idle time-out holds for internal services only: nobody sees what a program does with its socket. Defaults to no limits.</summary>
    public ConnectionLimits Limits { get; init; } = new();

    /// <summary>How many programs a service may start in a minute, or 0 for any number. Defaults to 256.</summary>
    public int MaxPerMinute { get; init; } = 256;

    /// <summary>How long programs have to heed SIGTERM at the stop before they are killed. Defaults to 5 seconds.</summary>
    public TimeSpan KillTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether internal services are served. Defaults to true.</summary>
    public bool ServesInternal { get; init; } = true;

    /// <summary>The clock of rates, kill times and the internal services. Defaults to the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
