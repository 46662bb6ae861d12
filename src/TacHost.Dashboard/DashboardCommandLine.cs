using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace TacHost.Dashboard;

/// <summary>The options of the <c>dashboard</c> plugin.</summary>
public sealed class DashboardCommandLine
{
    /// <summary>Gets or sets the endpoint to listen on.</summary>
    [Option("listen", 'l', "where to listen, such as unix:/run/dashboard.sock; addresses that other machines reach need --token-file", DefaultText = "tcp:8090:interface=localhost")]
    public ServerEndpoint Listen { get; set; } = ServerEndpoint.Tcp(8090, "localhost");

    /// <summary>Gets or sets the file with the token.</summary>
    [Option("token-file", "a file with a token of at least 16 characters that every client must present; without it, the page is for this user and root, on this machine")]
    public ExistingFile? TokenFile { get; set; }

    /// <summary>Gets or sets the names under which browsers may ask for the page.</summary>
    [Option("host", "a name under which browsers find the page, beside localhost and the address that it listens on", ValueName = "NAME")]
    public List<string> Hosts { get; set; } = [];
}
