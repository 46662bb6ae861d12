using System.Text;

namespace TacHost.Scripting;

/// <summary>The methods that block, or wait for something, with the reason for which a tac file does not call them at its top level.</summary>
/// <remarks>Apart from <see cref="BlockingCalls"/>, so that a file without such a name is checked without the compiler.</remarks>
internal static class BlockingNames
{
    private const string Later = "A start waits for it. Move it into the OnStartAsync or the ExecuteAsync of a service.";
    private const string Await = "It blocks a thread, and a start waits for it. Use 'await', or move it into the OnStartAsync of a service.";
    private const string Terminal = "A daemon has no terminal to read from. Use a parameter: Option(…).";
    private const string Run = "It returns only when the program ends. Make it a service: see docs/hosting.md.";

    /// <summary>The members by the full name of their type.</summary>
    private static readonly Dictionary<string, string> _reasons = new(StringComparer.Ordinal)
    {
        ["System.Threading.Thread.Sleep"] = Later,
        ["System.Threading.Thread.Join"] = Later,
        ["System.Threading.SpinWait.SpinUntil"] = Later,
        ["System.Threading.Tasks.Task.Delay"] = Later,
        ["System.Threading.Tasks.Task.Wait"] = Await,
        ["System.Threading.Tasks.Task.WaitAll"] = Await,
        ["System.Threading.Tasks.Task.WaitAny"] = Await,
        ["System.Threading.Tasks.Task.Result"] = Await,
        ["System.Threading.Tasks.ValueTask.Result"] = Await,
        ["System.Runtime.CompilerServices.TaskAwaiter.GetResult"] = Await,
        ["System.Runtime.CompilerServices.ValueTaskAwaiter.GetResult"] = Await,
        ["System.Runtime.CompilerServices.ConfiguredTaskAwaitable.ConfiguredTaskAwaiter.GetResult"] = Await,
        ["System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter.GetResult"] = Await,
        ["System.Threading.WaitHandle.WaitOne"] = Later,
        ["System.Threading.WaitHandle.WaitAll"] = Later,
        ["System.Threading.WaitHandle.WaitAny"] = Later,
        ["System.Threading.ManualResetEventSlim.Wait"] = Later,
        ["System.Threading.SemaphoreSlim.Wait"] = Later,
        ["System.Threading.CountdownEvent.Wait"] = Later,
        ["System.Threading.Barrier.SignalAndWait"] = Later,
        ["System.Diagnostics.Process.WaitForExit"] = Later,
        ["System.Diagnostics.Process.WaitForExitAsync"] = Later,
        ["System.Console.Read"] = Terminal,
        ["System.Console.ReadLine"] = Terminal,
        ["System.Console.ReadKey"] = Terminal,
        ["Microsoft.Extensions.Hosting.HostingAbstractionsHostExtensions.Run"] = Run,
        ["Microsoft.Extensions.Hosting.HostingAbstractionsHostExtensions.RunAsync"] = Run,
        ["Microsoft.Extensions.Hosting.HostingAbstractionsHostExtensions.WaitForShutdown"] = Run,
        ["Microsoft.Extensions.Hosting.HostingAbstractionsHostExtensions.WaitForShutdownAsync"] = Run,
        ["Microsoft.AspNetCore.Builder.WebApplication.Run"] = Run,
        ["Microsoft.AspNetCore.Builder.WebApplication.RunAsync"] = Run,
    };

    private static readonly byte[][] _words = [.. _reasons.Keys.Select(name => name[(name.LastIndexOf('.') + 1)..]).Distinct().Select(Encoding.UTF8.GetBytes)];

    /// <summary>Returns whether a source file contains the name of such a member anywhere. Of files in UTF-16, which are rare, the compiler has to find out.</summary>
    public static bool OccurIn(SourceFile file) => file.Content is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] || Array.Exists(_words, word => file.Content.AsSpan().IndexOf(word) >= 0);

    public static string? ReasonOf(string member) => _reasons.GetValueOrDefault(member);
}
