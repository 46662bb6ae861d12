using TacHost.Loading;
using TacHost.Reloading;
using TacHost.Scripting;
using TacHost.Services;
using TacHost.Tests.Scripting;

namespace TacHost.Tests.Reloading;

/// <summary>A tac of which one text runs, and another is to run.</summary>
internal sealed class TacChange
{
    /// <summary>What the texts may use without saying so.</summary>
    private const string Prelude = """
        class Holder(object value) : Service { public object Value => value; }
        class Poem(string text) : Service { public string Text => text; }
        class Server(Poem poem, int port) : Service { public int Port => port; public Poem Poem => poem; }
        class EchoFactory : ServerFactory { protected override Protocol BuildProtocol(EndPoint peer) => null; }
        var application = new Application("a");
        T Add<T>(T service, string name = null) where T : IService { if (name != null) service.SetName(name); application.AddService(service); return service; }
        TimerService Timer(Action call) => new TimerService(TimeSpan.FromHours(1), call);

        """;

    private TacChange(Application running, TacApplicationSource old, TacApplicationSource target, Application @new, TreeChange change) =>
        (Running, Old, Target, New, Change) = (running, old, target, @new, change);

    public Application Running { get; }

    public TacApplicationSource Old { get; }

    public TacApplicationSource Target { get; }

    public Application New { get; }

    public TreeChange Change { get; }

    public string Plan => Change.Plan.ToString().TrimEnd();

    /// <summary>Compares two texts.</summary>
    /// <param name="before">The one that runs.</param>
    /// <param name="after">The one that is to run.</param>
    /// <param name="meanwhile">What happens between the start of the first and the reload.</param>
    public static async Task<TacChange> MakeAsync(string before, string after, Func<Application, Task>? meanwhile = null)
    {
        TacApplicationSource old = TacOf.Text(Prelude + before), target = before == after ? old : TacOf.Text(Prelude + after);
        var running = await old.BuildAsync();
        if (meanwhile is not null)
            await meanwhile(running);
        return await OfAsync(running, old, old, target);
    }

    /// <summary>Compares what runs with a tac.</summary>
    /// <param name="running">What runs.</param>
    /// <param name="first">The tac that it was started with.</param>
    /// <param name="old">The tac that it is now.</param>
    /// <param name="target">The tac that it is to be.</param>
    public static async Task<TacChange> OfAsync(Application running, TacApplicationSource first, TacApplicationSource old, TacApplicationSource target)
    {
        var runningPrints = first.Prints;
        runningPrints.AddAll(old.Prints);
        var @new = await target.BuildAsync();
        var again = await target.BuildAsync();
        return new TacChange(running, old, target, @new, new TreeChange(running, await old.BuildAsync(), old.Prints, runningPrints, @new, target.Prints, () => again, ContextAssemblies.IsSame));
    }
}
