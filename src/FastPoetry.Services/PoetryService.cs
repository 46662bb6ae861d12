using TacHost.Services;

namespace FastPoetry.Services;

/// <summary>Holds one poem. Loads it when started, and knows nothing of how it is served.</summary>
/// <param name="poetryFile">The file of the poem, UTF-8. A relative path starts at the directory the service runs in.</param>
public sealed class PoetryService(string poetryFile) : Service
{
    private byte[]? _poem;

    /// <summary>The poem, as it stands in its file. Served by reference: nobody may change it.</summary>
    /// <exception cref="InvalidOperationException">The service is not started.</exception>
    public ReadOnlyMemory<byte> Poem => _poem ?? throw new InvalidOperationException($"The poem '{poetryFile}' is not there before the service '{Path}' is started.");

    /// <inheritdoc/>
    protected override async Task OnStartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _poem = await File.ReadAllBytesAsync(poetryFile, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The poem '{poetryFile}' cannot be read: {WhyNot(e)}", e);
        }

        PoetryLog.Loaded(Logger, _poem.Length, poetryFile);
    }

    /// <inheritdoc/>
    protected override Task OnStopAsync(CancellationToken cancellationToken)
    {
        _poem = null;
        return Task.CompletedTask;
    }

    private string WhyNot(Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"there is no such file.\n  Looked for '{System.IO.Path.GetFullPath(poetryFile)}'; a relative path starts at the directory the service runs in.",
        UnauthorizedAccessException when Directory.Exists(poetryFile) => "it is a directory.",
        UnauthorizedAccessException => "this user may not read it.",
        _ => e.Message,
    };
}
