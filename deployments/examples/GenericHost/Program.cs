// The other way round: a service tree in an ordinary program with a Generic Host.
using Microsoft.Extensions.Hosting;
using TacHost.Services;
using TacHost.Services.Networking;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddTacHost(application =>
{
    var endpoint = builder.Configuration["Endpoint"] ?? "tcp:10150:interface=localhost";
    application.AddService(new StreamServer(endpoint, ServerFactory.ForProtocol(() => new Echo())));
});
await builder.Build().RunAsync();

/// <summary>A protocol that answers each line with the same line.</summary>
internal sealed class Echo : LineProtocol
{
    protected override void LineReceived(string line) => SendLine(line);
}
