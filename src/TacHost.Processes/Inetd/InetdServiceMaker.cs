using TacHost.Services;
using TacHost.Services.Plugins;

namespace TacHost.Processes.Inetd;

/// <summary>The plugin that creates an <see cref="InetdServer"/> from the command line.</summary>
[Plugin("inetd", "Starts a program for each connection, as another user if asked to.")]
public sealed class InetdServiceMaker : ServiceMaker<InetdCommandLine>
{
    /// <inheritdoc/>
    protected override IService MakeService(InetdCommandLine options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Make();
    }
}
