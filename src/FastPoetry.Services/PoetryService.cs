using TacHost.Services;

namespace FastPoetry.Services;

/// <summary>A service that loads poems at its start. It is independent of the protocols that serve them.</summary>
public sealed class PoetryService : Service, IServiceNeeds
{
    private readonly string[] _files;
    private NamedPoem[]? _poems;

    /// <summary>Initializes the service. Reads nothing before the start.</summary>
    /// <param name="poetryFile">The file of the poem, UTF-8. A relative path starts at the base directory of the service.</param>
    /// <param name="furtherFiles">Files of further poems, which some protocols can request by name.</param>
    /// <exception cref="ArgumentException">Two poems have the same name.</exception>
    public PoetryService(string poetryFile, params string[] furtherFiles)
    {
        ArgumentNullException.ThrowIfNull(poetryFile);
        ArgumentNullException.ThrowIfNull(furtherFiles);
        _files = [poetryFile, .. furtherFiles];
        for (var i = 1; i < _files.Length; i++)
        {
            if (Array.FindIndex(_files, file => NameOf(file) == NameOf(_files[i])) is var same && same < i)
                throw new ArgumentException($"The poems '{_files[same]}' and '{_files[i]}' have the same name, '{NameOf(_files[i])}'. Rename one of the files.", nameof(furtherFiles));
        }
    }

    /// <summary>Gets the content of the first file. The content is served by reference and must not be changed.</summary>
    /// <exception cref="InvalidOperationException">The service is not started.</exception>
    public ReadOnlyMemory<byte> Poem => Poems[0].Text;

    /// <summary>Gets all poems, in the order of the files. Contains at least one poem.</summary>
    /// <exception cref="InvalidOperationException">The service is not started.</exception>
    public IReadOnlyList<NamedPoem> Poems => _poems ?? throw new InvalidOperationException($"The poem '{_files[0]}' is not available before the service '{ServicePath}' is started.");

    /// <inheritdoc/>
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs => [.. _files.Select(file => new ServiceNeed(ServiceNeedKind.File, file))];

    /// <summary>Returns the poem with a name. Names are case-sensitive.</summary>
    /// <returns>The poem, or null if no poem has that name.</returns>
    /// <exception cref="InvalidOperationException">The service is not started.</exception>
    public NamedPoem? Find(string name) => Poems.FirstOrDefault(poem => poem.Name == name);

    /// <inheritdoc/>
    protected override async Task OnStartAsync(CancellationToken cancellationToken)
    {
        var poems = new NamedPoem[_files.Length];
        for (var i = 0; i < poems.Length; i++)
            poems[i] = await LoadAsync(_files[i], cancellationToken);
        _poems = poems;
    }

    /// <inheritdoc/>
    protected override Task OnStopAsync(CancellationToken cancellationToken)
    {
        _poems = null;
        return Task.CompletedTask;
    }

    private static string NameOf(string file) => Path.GetFileNameWithoutExtension(file);

    private async Task<NamedPoem> LoadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            RecordFile(file);
            var text = await File.ReadAllBytesAsync(ResolvePath(file), cancellationToken);
            PoetryLog.Loaded(Logger, text.Length, file);
            return new NamedPoem(NameOf(file), text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The poem '{file}' cannot be read: {Explain(file, e)}", e);
        }
    }

    private string Explain(string file, Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"there is no such file.\n  Looked for '{ResolvePath(file)}'; a relative path starts at the directory the service runs in.",
        UnauthorizedAccessException when Directory.Exists(ResolvePath(file)) => "it is a directory.",
        UnauthorizedAccessException => "this user may not read it.",
        _ => e.Message,
    };
}
