using TacHost.Services.Plugins;

namespace FastPoetry.Services.Plugins;

/// <summary>The options of <c>tachost fastpoetry</c>.</summary>
public sealed class FastPoetryCommandLine : IPostOptions
{
    /// <summary>Gets or sets the port of <see cref="Poem"/>.</summary>
    [Option("port", 'p', "the port to serve the poem on, or 0 for one that the system picks")]
    public Port Port { get; set; } = 10000;

    /// <summary>Gets or sets the file of the poem.</summary>
    [Option("poem", "the file of the poem to serve")]
    public ExistingFile? Poem { get; set; }

    /// <summary>Gets or sets the interface to listen on.</summary>
    [Option("iface", "where to listen: an address, a host name or the name of a network interface; empty for all interfaces")]
    public Iface Iface { get; set; } = "localhost";

    /// <summary>Gets or sets further poems, each with its own port.</summary>
    [Option("serve", "one more poem on a port of its own, as in --serve 10001=poetry/science.txt")]
    public IReadOnlyList<KeyValuePair<Port, ExistingFile>> Serve { get; set; } = [];

    /// <summary>Gets all poems with their ports.</summary>
    public IEnumerable<(int Port, string Poem)> All =>
        (Poem is { } poem ? [(Port.Number, poem.Path)] : Array.Empty<(int, string)>()).Concat(Serve.Select(pair => (pair.Key.Number, pair.Value.Path)));

    /// <inheritdoc/>
    public void PostOptions()
    {
        if (!All.Any())
            throw new UsageException("--poem FILE (the file of the poem to serve) is required, such as --poem poetry/ecstasy.txt.");
        if (All.Where(each => each.Port != 0).GroupBy(each => each.Port).FirstOrDefault(same => same.Count() > 1) is { Key: var port })
            throw new UsageException($"port {port} is given to two poems. Give each --serve, and --port, a port of its own.");
    }
}
