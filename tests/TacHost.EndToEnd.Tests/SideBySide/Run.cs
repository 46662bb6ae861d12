using System.Diagnostics;

namespace TacHost.EndToEnd.Tests.SideBySide;

/// <summary>A process that was started on a stage, and the files that it prints to.</summary>
internal sealed record Run(Process Process, string OutputFile, string ErrorFile)
{
    public int Id => Process.Id;

    public string Output => File.ReadAllText(OutputFile);

    public string Error => File.ReadAllText(ErrorFile);

    public async Task EndedAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Bounded.Patience);
        await Process.WaitForExitAsync(limit.Token);
    }
}
