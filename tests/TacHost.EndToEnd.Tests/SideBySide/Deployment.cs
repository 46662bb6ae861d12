namespace TacHost.EndToEnd.Tests.SideBySide;

/// <summary>The same application, described to either program.</summary>
/// <remarks>The Python ones say "is running" once the reactor runs, as tachost does by itself; before that a signal would find no one who expects it.</remarks>
internal sealed record Deployment(string Python, string CSharp)
{
    private const string Imports = """
        import os, signal
        from twisted.application import internet, service
        from twisted.internet import defer, protocol, reactor
        from twisted.python import log
        reactor.callWhenRunning(log.msg, "is running")
        application = service.Application("example")

        """;

    private const string Application = "var application = new Application(\"example\");\n";

    /// <summary>Leaves a file when it starts and another when it stops.</summary>
    private static readonly Deployment _witness = new(
        """
        class Witness(service.Service):
            def startService(self):
                open("witness.started", "w").close()
            def stopService(self):
                open("witness.stopped", "w").close()
        Witness().setServiceParent(application)

        """,
        """
        class Witness : Service
        {
            protected override Task OnStartAsync(CancellationToken cancellationToken) => File.WriteAllTextAsync("witness.started", "");
            protected override Task OnStopAsync(CancellationToken cancellationToken) => File.WriteAllTextAsync("witness.stopped", "");
        }
        new Witness().SetServiceParent(application);

        """);

    public static readonly Deployment SyntaxError = new("application = (", "var application = (");

    public static readonly Deployment NoApplication = new("app = 1", "var app = 1;");

    public static readonly Deployment Raises = new("raise RuntimeError('no moon')", "throw new InvalidOperationException(\"no moon\");");

    /// <summary>Sends a poem to whoever connects.</summary>
    public static Deployment Poem(int port = 0, string python = "", string csharp = "") => new(
        Imports + $"""
        {python}
        class Poetry(protocol.Protocol):
            def connectionMade(self):
                self.transport.write(poetry.poem)
                self.transport.loseConnection()
        class PoetryService(service.Service):
            def startService(self):
                with open("poem.txt", "rb") as file:
                    self.poem = file.read()
        poetry = PoetryService()
        poetry.setServiceParent(application)
        factory = protocol.ServerFactory.forProtocol(Poetry)
        internet.TCPServer({port}, factory, interface="127.0.0.1").setServiceParent(application)
        """,
        Running.Sandbox.Tac(port, "poem.txt", csharp));

    public static Deployment Prints { get; } = Poem(python: "print('printed', flush=True)", csharp: "Console.WriteLine(\"printed\");");

    /// <summary>A witness starts, then a service does not.</summary>
    public static Deployment StartRaises(string message) => new(
        Imports + _witness.Python + $"""
        class Failing(service.Service):
            def startService(self):
                raise RuntimeError("{message}")
        Failing().setServiceParent(application)
        """,
        Application + _witness.CSharp + $$"""
        class Failing : Service
        {
            protected override Task OnStartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("{{message}}");
        }
        new Failing().SetServiceParent(application);
        """);

    /// <summary>One service does not stop as it should, and a witness is stopped after it.</summary>
    public static Deployment StopRaises { get; } = new(
        Imports + _witness.Python + """
        class Failing(service.Service):
            def stopService(self):
                raise RuntimeError("no end")
        Failing().setServiceParent(application)
        """,
        Application + _witness.CSharp + """
        class Failing : Service
        {
            protected override Task OnStopAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("no end");
        }
        new Failing().SetServiceParent(application);
        """);

    public static Deployment NeverStops { get; } = new(
        Imports + """
        class Stuck(service.Service):
            def stopService(self):
                log.msg("never stopping")
                return defer.Deferred()
        Stuck().setServiceParent(application)
        """,
        Application + """
        class Stuck : Service
        {
            protected override Task OnStopAsync(CancellationToken cancellationToken)
            {
                Logger.LogInformation("never stopping");
                return Task.Delay(-1);
            }
        }
        new Stuck().SetServiceParent(application);
        """);

    /// <summary>Ends at once, by a signal that cannot be caught, before the start can be reported.</summary>
    public static Deployment DiesWhileStarting { get; } = new(
        Imports + """
        class Dying(service.Service):
            def startService(self):
                os.kill(os.getpid(), signal.SIGKILL)
        Dying().setServiceParent(application)
        """,
        Application + """
        class Dying : Service
        {
            protected override Task OnStartAsync(CancellationToken cancellationToken)
            {
                System.Diagnostics.Process.GetCurrentProcess().Kill();
                return Task.Delay(-1);
            }
        }
        new Dying().SetServiceParent(application);
        """);
}
