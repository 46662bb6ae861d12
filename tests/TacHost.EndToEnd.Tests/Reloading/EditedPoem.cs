using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Reloading;

/// <summary>A tac that is edited in every way: a poem by TCP and by a UNIX socket, whose factory is its own, an echo that never changes, and a service that comes and goes.</summary>
internal sealed class EditedPoem
{
    private readonly Sandbox _sandbox;
    private int _poem;
    private int _factory;
    private bool _isExtended = true;

    public EditedPoem(Sandbox sandbox)
    {
        _sandbox = sandbox;
        WritePoem();
        Mend();
    }

    /// <summary>Called with a poem before it is in the file.</summary>
    public event Action<string>? Added;

    public string Poem => PoemOf(_poem);

    public static string PoemOf(int number) => string.Concat(Enumerable.Repeat($"line of poem {number}\n", 300));

    /// <summary>Makes one of the edits.</summary>
    /// <returns>True if a reload must fail.</returns>
    public bool Edit(int number, bool hangs)
    {
        if (hangs)
        {
            _sandbox.Write("poem.csx", "Thread.Sleep(-1);\n" + Tac(_factory));
            return true;
        }

        switch (number % 6)
        {
            case 0:
                return false;
            case 1:
                EditPoem();
                return false;
            case 2:
                _factory++;
                Mend();
                return false;
            case 3:
                _isExtended = !_isExtended;
                Mend();
                return false;
            case 4:
                _sandbox.Write("poem.csx", "var application = ;");
                return true;
            default:
                _sandbox.Write("poem.csx", Tac(_factory + 1000) + "\nnew TcpServer(0, new PoetryFactory(poetry), \"192.0.2.1\").SetServiceParent(application);\n");
                return true;
        }
    }

    /// <summary>Makes another poem.</summary>
    public void EditPoem()
    {
        _poem++;
        Added?.Invoke(Poem);
        WritePoem();
    }

    /// <summary>Writes a tac without a mistake.</summary>
    public void Mend() => _sandbox.Write("poem.csx", Tac(_factory));

    private void WritePoem()
    {
        _sandbox.Write("new", Poem);
        File.Move(_sandbox.PathOf("new"), _sandbox.PathOf("poem.txt"), overwrite: true);
    }

    private string Tac(int factory) => $$"""
        #r "FastPoetry.Services.dll"
        using FastPoetry.Services;
        class Poem(PoetryService poetry) : Protocol { protected override void ConnectionMade() { Transport.Write(poetry.Poem); Transport.LoseConnection(); } }
        class Own(PoetryService poetry) : ServerFactory { public int Number => {{factory}}; protected override Protocol BuildProtocol(EndPoint peer) => new Poem(poetry); }
        class Echo : Protocol { protected override void DataReceived(ReadOnlySpan<byte> data) => Transport.Write(data.ToArray()); protected override void Stopping() { } }
        class EchoFactory : ServerFactory { protected override Protocol BuildProtocol(EndPoint peer) => new Echo(); }
        var application = new Application("fastpoetry");
        var poetry = new PoetryService("poem.txt");
        poetry.SetServiceParent(application);
        var tcp = new TcpServer(0, new Own(poetry), "127.0.0.1");
        tcp.SetName("tcp");
        tcp.SetServiceParent(application);
        var echo = new TcpServer(0, new EchoFactory(), "127.0.0.1");
        echo.SetName("echo");
        echo.SetServiceParent(application);
        new UnixServer("poem.sock", new Own(poetry)).SetServiceParent(application);
        {{(_isExtended ? "new TcpServer(0, new PoetryFactory(poetry), \"127.0.0.1\").SetServiceParent(application);" : "")}}
        """;
}
