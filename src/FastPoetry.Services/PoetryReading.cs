using System.Text;
using TacHost.Services;

namespace FastPoetry.Services;

/// <summary>
/// A service that fetches poems from several servers at once and prints each with its source. It then requests the stop of the <see cref="Application"/>.
/// </summary>
/// <remarks>
/// The exit code is 0 if every fetch succeeded, otherwise <see cref="ExitCodeOfFailure"/>. For a failed fetch, the error is printed instead of the poem.
/// </remarks>
/// <param name="clients">The clients that fetch the poems.</param>
public sealed class PoetryReading(params IReadOnlyList<PoetryClient> clients) : Service, IServiceNeeds
{
    /// <summary>The exit code if a fetch failed: 69, which is EX_UNAVAILABLE of sysexits(3).</summary>
    public const int ExitCodeOfFailure = 69;

    /// <summary>Gets the writer to print to. Defaults to null: the standard output, which the host writes to its log.</summary>
    public TextWriter? Output { get; init; }

    /// <inheritdoc/>
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs => [.. clients.SelectMany(client => client.Server.NeedsOf(this))];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var output = Output ?? Console.Out;
        var fetching = clients.Select(client => FetchAsync(client, stoppingToken)).ToList();
        var came = 0;
        await foreach (var each in Task.WhenEach(fetching))
        {
            var (isPoem, text) = await each;
            came += isPoem ? 1 : 0;
            await output.WriteLineAsync(text);
        }

        await output.WriteLineAsync($"received {came} of {clients.Count} poems.");
        if (Application is not { } application)
            return;
        if (came < clients.Count)
            application.ExitCode = ExitCodeOfFailure;
        application.RequestStop();
    }

    private static async Task<(bool IsPoem, string Text)> FetchAsync(PoetryClient client, CancellationToken stoppingToken)
    {
        try
        {
            var poem = await client.FetchAsync(stoppingToken);
            return (true, $"{poem.Length} bytes of poetry from {client.Server}:\n{Encoding.UTF8.GetString(poem.Span).TrimEnd('\n')}");
        }
        catch (PoetryException e)
        {
            return (false, e.Message);
        }
    }
}
