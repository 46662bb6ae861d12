using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Processes.Inetd;

/// <summary>The settings of an <see cref="InetdServer"/>.</summary>
public sealed record InetdOptions
{
    /// <summary>Gets the limits of connections, and so of programs, for each service. Defaults to no limits.</summary>
    /// <remarks>The idle timeout applies only to internal services, because the host cannot observe the traffic of a program.</remarks>
    public ConnectionLimits Limits { get; init; } = new();

    /// <summary>Gets the maximum number of programs that a service may start in a minute, or 0 for no limit. Defaults to 256.</summary>
    public int MaxPerMinute { get; init => field = SettingRange.AtLeast(value, 0); } = 256;

    /// <summary>Gets the time between SIGTERM and SIGKILL when programs are stopped. Defaults to 5 seconds.</summary>
    public TimeSpan KillTime { get; init => field = SettingRange.Delay(value); } = TimeSpan.FromSeconds(5);

    /// <summary>Gets whether internal services are served. Defaults to true.</summary>
    public bool ServesInternal { get; init; } = true;

    /// <summary>Gets the clock of rates, kill times and the internal services. Defaults to the system clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
