using TacHost.Services;
using TacHost.Services.Plugins;

namespace TacHost.Proxies.PortForward;

/// <summary>The plugin that creates a <see cref="PortForwarder"/> from the command line.</summary>
[Plugin("portforward", "Passes connections on to the first of several targets that can be reached.")]
public sealed class PortForwardServiceMaker : ServiceMaker<PortForwardCommandLine>
{
    /// <inheritdoc/>
    protected override IService MakeService(PortForwardCommandLine options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Make();
    }
}
