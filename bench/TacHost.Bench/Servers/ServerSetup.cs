using TacHost.Bench.Load;

namespace TacHost.Bench.Servers;

/// <summary>What one start of a server is given.</summary>
/// <param name="Directory">Its own directory, for its log and its pid file.</param>
/// <param name="PoemFile">What it serves.</param>
internal sealed record ServerSetup(string Directory, string PoemFile)
{
    public int Port { get; init; } = FreePort.Find();

    /// <summary>The core it runs on, or null for any.</summary>
    public int? Core { get; init; }

    /// <summary>Further variables of its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string InDirectory(string name) => Path.Combine(Directory, name);
}
