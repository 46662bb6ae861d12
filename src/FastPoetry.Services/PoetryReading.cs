using System.Text;
using TacHost.Services;

namespace FastPoetry.Services;

/// <summary>Fetches poems from several servers at once, prints each as it comes and from where it came, and asks the <see cref="Application"/> to stop.</summary>
/// <remarks>The exit code is 0 if every poem came, and otherwise <see cref="ExitCodeOfFailure"/>; what failed is printed in place of the poem.</remarks>
/// <param name="clients">Who fetches them.</param>
public sealed class PoetryReading(params IReadOnlyList<PoetryClient> clients) : Service
{
    /// <summary>The exit code when a poem did not come: 69, as sysexits(3) calls a service that is not available.</summary>
    public const int ExitCodeOfFailure = 69;

    /// <summary>Where to print. Defaults to null: the standard output, which the host makes lines of the log.</summary>
    public TextWriter? Output { get; init; }

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

        await output.WriteLineAsync($"{came} of {clients.Count} poems came.");
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
