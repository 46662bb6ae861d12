using TacHost.Services;
using TacHost.Services.Plugins;

namespace TacHost.Telnet.Plugin;

/// <summary>The <c>telnet</c> plugin: a <see cref="TelnetServer"/> from the command line.</summary>
[Plugin("telnet", "A C# prompt inside the running process, by telnet.")]
public sealed class TelnetServiceMaker : ServiceMaker<TelnetCommandLine>
{
    /// <inheritdoc/>
    protected override IService MakeService(TelnetCommandLine options) =>
        new TelnetServer(options.Port, options.PasswordFile is { } file ? new PasswordFile(file.Path) : null, options.Iface, options.MaxSessions, options.IdleTimeout)
        {
            LineTimeout = options.LineTimeout,
            LongestOutput = (int)options.MaxOutput.Bytes,
        };
}
