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

    private TacChange(Application running, Application @new, TreeChange change) => (Running, New, Change) = (running, @new, change);

    public Application Running { get; }

    public Application New { get; }

    public TreeChange Change { get; }

    public string Plan => Change.Plan.ToString().TrimEnd();

    /// <summary>Compares two texts.</summary>
    /// <param name="before">The one that runs.</param>
    /// <param name="after">The one that is to run.</param>
    /// <param name="meanwhile">What happens between the start of the first and the reload.</param>
    public static async Task<TacChange> MakeAsync(string before, string after, Func<Application, Task>? meanwhile = null)
    {
        TacRecipe old = TacOf.Text(Prelude + before), @new = before == after ? old : TacOf.Text(Prelude + after);
        var running = await old.BuildAsync();
        if (meanwhile is not null)
            await meanwhile(running);
        var target = await @new.BuildAsync();
        var again = await @new.BuildAsync();
        return new TacChange(running, target, new TreeChange(running, await old.BuildAsync(), old.Prints, old.Prints, target, @new.Prints, () => again, ContextAssemblies.IsSame));
    }
}
