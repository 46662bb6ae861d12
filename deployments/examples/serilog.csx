// Logs with Serilog, as JSON in a file for each day: nc localhost 10123
#:package Serilog.Extensions.Logging@10.0.0
#:package Serilog.Sinks.File@7.0.0
using Serilog;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Json;

var application = new Application("hello");
var file = Path.GetFullPath(Option("events", "events-.json", "the files of the events"), application.BaseDirectory);
var logger = new LoggerConfiguration()
    .Enrich.WithProperty("Machine", Environment.MachineName)
    .WriteTo.File(new JsonFormatter(), file, rollingInterval: RollingInterval.Day)
    .CreateLogger();

application.LoggerProviders.Add(new SerilogLoggerProvider(logger, dispose: true)); // beside the host's log
application.AddService(new StreamServer("tcp:10123:interface=localhost", ServerFactory.ForProtocol(() => new Hello())));

class Hello : LineProtocol
{
    protected override void ConnectionMade() => SendLine("What is your name?");

    protected override void LineReceived(ReadOnlySpan<byte> line)
    {
        var name = System.Text.Encoding.UTF8.GetString(line);
        Logger.LogInformation("{Name} says hello", name);
        SendLine($"Hello, {name}.");
        Transport.LoseConnection();
    }
}
