using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TacHost.Cluster;

/// <summary>Passes errors of Akka.NET to the log of the node, and its warnings at level debug, which are about each connection that a failure breaks.</summary>
/// <remarks>Akka.NET creates it by its name, so that the target cannot be an argument. There is one node in a process.</remarks>
internal sealed class AkkaLog : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    /// <summary>The namespace whose errors are ends of connections.</summary>
    private const string Connections = "Akka.Remote";

    public AkkaLog()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<Error>(each =>
        {
            if (each.LogClass.Namespace == Connections)
                ClusterLog.Warning(Target, $"{each.Message}");
            else
                ClusterLog.Error(Target, $"{each.Message}");
        });
        Receive<Warning>(each => ClusterLog.Warning(Target, $"{each.Message}"));
        ReceiveAny(_ => { });
    }

    public static ILogger Target { get; set; } = NullLogger.Instance;
}
