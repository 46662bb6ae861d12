using TacHost.Bench.Servers;

namespace TacHost.Bench;

/// <summary>What all measurements work with.</summary>
internal sealed class Bench(string root, string directory, BenchOptions options) : IDisposable
{
    private int _setups;

    public BenchOptions Options => options;

    /// <summary>The top of the checkout.</summary>
    public string Root => root;

    public Peers Peers { get; } = new(root);

    public string PoemFile { get; } = Path.Combine(root, "poetry/ecstasy.txt");

    public byte[] Poem { get; } = File.ReadAllBytes(Path.Combine(root, "poetry/ecstasy.txt"));

    /// <summary>Whether server and load can have a core each.</summary>
    public static bool HasTwoCores => Environment.ProcessorCount >= 2;

    /// <summary>The core for servers that are pinned to one.</summary>
    public static int? ServerCore => HasTwoCores ? 0 : null;

    /// <summary>The core for the load then.</summary>
    public static int? LoadCore => HasTwoCores ? 1 : null;

    /// <summary>A port and an empty directory for one start.</summary>
    public ServerSetup Setup()
    {
        var own = Path.Combine(directory, $"{++_setups}");
        Directory.CreateDirectory(own);
        return new ServerSetup(own, PoemFile);
    }

    /// <summary>A path in the directory that goes away with this run.</summary>
    public string Temporary(string name) => Path.Combine(directory, name);

    /// <summary>Does things in turn, A B A B, so that whatever else the machine does falls on all of them.</summary>
    /// <returns>What came of each, in the order of the rounds.</returns>
    public static T[][] InTurn<T>(int rounds, IReadOnlyList<Func<T>> things)
    {
        var results = things.Select(_ => new T[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < things.Count; i++)
                results[i][round] = things[i]();
        }

        return results;
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);
}
