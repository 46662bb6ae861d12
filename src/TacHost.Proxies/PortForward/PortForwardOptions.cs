using TacHost.Services;

namespace TacHost.Proxies.PortForward;

/// <summary>The settings of a <see cref="PortForwarder"/>.</summary>
public sealed record PortForwardOptions
{
    /// <summary>Gets the version of the PROXY header that targets receive. Defaults to <see cref="ProxyHeaderVersion.None"/>.</summary>
    public ProxyHeaderVersion ProxyHeader { get; init; }

    /// <summary>Gets the time to wait for a target before the next one is tried. A shorter timeout of the target applies instead. Defaults to 10 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init => field = SettingRange.Timeout(value); } = TimeSpan.FromSeconds(10);

    /// <summary>Gets the time for which an unreachable target is tried after the others. Defaults to 10 seconds.</summary>
    public TimeSpan RestTime { get; init => field = SettingRange.Delay(value); } = TimeSpan.FromSeconds(10);

    /// <summary>Gets the clock of <see cref="RestTime"/>. Defaults to the system clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
