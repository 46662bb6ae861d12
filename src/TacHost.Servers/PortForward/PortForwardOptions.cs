namespace TacHost.Servers.PortForward;

/// <summary>How a <see cref="PortForwarder"/> connects.</summary>
public sealed record PortForwardOptions
{
    /// <summary>Whether targets are told who the client is. Defaults to <see cref="ProxyHeaderVersion.None"/>.</summary>
    public ProxyHeaderVersion ProxyHeader { get; init; }

    /// <summary>How long one target has to answer before the next one is tried. Its own time-out counts too, if that is shorter. Defaults to 10 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a target that was not reached comes after the others. Defaults to 10 seconds.</summary>
    public TimeSpan RestTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock of <see cref="RestTime"/>. Defaults to the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
