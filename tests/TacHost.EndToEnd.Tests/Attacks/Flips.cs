using System.Diagnostics;
using System.Globalization;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Attacks;

/// <summary>A name that the second user lets mean one thing and then another, as fast as the machine allows.</summary>
internal sealed class Flips : IAsyncDisposable
{
    /// <summary>How many there are in each race.</summary>
    public const int Wanted = 1000;

    private const string Script = """
        import ctypes, os, socket, sys
        place, good, evil, counter = sys.argv[1:]
        spare = place + '.spare'
        count = 0

        def make(what):
            if what.startswith('link:'):
                os.symlink(what[5:], spare)
            elif what == 'file':
                open(spare, 'w').close()
            else:
                socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).bind(spare)
            os.rename(spare, place)

        if good == 'directory':
            os.mkdir(place)
            os.symlink(evil[5:], spare)
        libc = ctypes.CDLL(None)
        while True:
            if good == 'directory':
                libc.renameat2(-100, place.encode(), -100, spare.encode(), 2)
                count += 1
            else:
                for what in (evil, good):
                    make(what)
                    count += 1
            if count % 50 == 0:
                with open(counter + '.new', 'w') as f:
                    f.write(str(count))
                os.rename(counter + '.new', counter)
        """;

    private readonly Process _process;
    private readonly string _counter;

    private Flips(Process process, string counter) => (_process, _counter) = (process, counter);

    /// <summary>Gets how many there have been.</summary>
    public int Count => File.Exists(_counter) ? int.Parse(File.ReadAllText(_counter), CultureInfo.InvariantCulture) : 0;

    /// <summary>Begins.</summary>
    /// <param name="sandbox">Where.</param>
    /// <param name="user">Whose.</param>
    /// <param name="place">The name.</param>
    /// <param name="good">What it means at one time, new each time: "file", "socket", or "link:" and the text of a symbolic link; or always the same "directory".</param>
    /// <param name="evil">What it means at another: "link:" and the text.</param>
    public static async Task<Flips> BeginAsync(Sandbox sandbox, SecondUser user, string place, string good, string evil)
    {
        var counter = place + ".count";
        Flips flips = new(user.Start(sandbox, SecondUser.Python, "-c", Script, place, good, evil, counter), counter);
        await Until.TrueAsync(() => flips._process.HasExited || flips.Count > 0, "the first flips");
        return flips;
    }

    /// <summary>Does something again and again, a number of times at least and until there have been enough flips.</summary>
    public async Task MeanwhileAsync(int times, Func<Task> action)
    {
        for (var i = 0; i < times || Count < Wanted; i++)
        {
            Assert.False(_process.HasExited, "the attacker has given up");
            await action();
        }
    }

    /// <summary>As the other, with something that succeeds where it meets what is good: some of the tries have to.</summary>
    public async Task MeanwhileAsync(int times, Func<Task<bool>> action)
    {
        var accepted = 0;
        for (var i = 0; i < times || Count < Wanted || (accepted == 0 && i < 20 * times); i++)
        {
            Assert.False(_process.HasExited, "the attacker has given up");
            if (await action())
                accepted++;
        }

        Assert.True(accepted > 0, "nothing was accepted, so the way to it was not raced");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }
}
