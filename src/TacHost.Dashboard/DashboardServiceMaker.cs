using TacHost.Dashboard.Watching;
using TacHost.Services;
using TacHost.Services.Plugins;

namespace TacHost.Dashboard;

/// <summary>The <c>dashboard</c> plugin: a page about the applications that run here.</summary>
[Plugin("dashboard", "Shows the running applications on a page, and operates them.")]
public sealed class DashboardServiceMaker : ServiceMaker<DashboardCommandLine>
{
    /// <inheritdoc/>
    protected override IService MakeService(DashboardCommandLine options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Watcher watcher = new();
        watcher.SetName("watcher");
        DashboardServer server = new(options.Listen, watcher) { TokenFile = options.TokenFile?.Path, Hosts = options.Hosts };
        server.SetName("page");
        MultiService both = new();
        both.AddService(watcher);
        both.AddService(server);
        return both;
    }
}
