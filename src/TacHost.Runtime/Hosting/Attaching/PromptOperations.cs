using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using TacHost.Control.Server;
using TacHost.Control.Wire;
using TacHost.Native;
using TacHost.Services.Prompts;

namespace TacHost.Hosting.Attaching;

/// <summary>C# prompts for clients of the control socket, which compile their lines themselves (ADR 38).</summary>
/// <remarks>A session lasts as long as the connection of its method <c>attach</c>. Each line is a call of <c>evaluate</c> on a connection of its own, whose end cancels the line.</remarks>
internal sealed class PromptOperations(HostProcess process)
{
    /// <summary>Each session and each running line takes one of the clients of the control socket.</summary>
    private const int MostSessions = 4;
    private const int MostLines = 8;
    private const int LongestOutput = 64 * 1024;
    private const int LargestImage = 16 * 1024 * 1024;
    private const int BytesOfId = 16;

    private readonly ConcurrentDictionary<string, Session> _sessions = new();
    private int _lines;

    /// <summary>Opens a session, and returns when the client has disconnected or the application has stopped.</summary>
    public async Task AttachAsync(ControlCall call, CancellationToken gone)
    {
        var deployment = Find(call.Text("application"));
        var canWrite = call.Flag("write");
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(BytesOfId));
        using CancellationTokenSource ended = new();
        using Session session = new(deployment, new PromptSession(() => deployment.Application, isReadOnly: !canWrite, LongestOutput), ended.Token);
        if (_sessions.Count >= MostSessions || !_sessions.TryAdd(id, session))
            throw new TacHostException(ExitCode.TimedOut, $"{MostSessions} users are attached already. Try again later.");
        var (caller, user) = (call.Caller, UserOf(call));
        PromptLog.Attached(deployment.Log.Host, user, caller.User, caller.Process, canWrite ? "and can change the application" : "to look at the application");
        try
        {
            AttachReport report = new(id, PromptSession.Framework, [.. session.Prompt.References.Select(each => new AttachedAssembly(each.GetName().Name!, PromptSession.MetadataOf(each).ToArray())).Where(each => each.Metadata.Length > 0)]);
            if (call.Notify(report, ControlJson.Default.AttachReport))
                await process.Ended.WaitAsync(gone);
        }
        catch (OperationCanceledException)
        {
            // The client has left.
        }
        finally
        {
            _sessions.TryRemove(id, out _);
            await ended.CancelAsync();
            PromptLog.Detached(deployment.Log.Host, user, caller.User, caller.Process);
        }
    }

    /// <summary>Runs a compiled line. If the client disconnects, the line is cancelled, and left behind if it does not end.</summary>
    public async Task EvaluateAsync(ControlCall call, CancellationToken gone)
    {
        if (!_sessions.TryGetValue(call.RequiredText("session"), out var session))
            throw new TacHostException(ExitCode.Unavailable, "the session has ended. Attach again.");
        var (index, text, image) = (call.Number("index") ?? 0, call.RequiredText("text"), ImageOf(call.Attached));
        var log = session.Deployment.Log.Host;
        PromptLog.Typed(log, UserOf(call), call.Caller.User, call.Caller.Process, text);
        if (Interlocked.Increment(ref _lines) > MostLines)
        {
            Interlocked.Decrement(ref _lines);
            throw new TacHostException(ExitCode.TimedOut, $"{MostLines} lines are still running. Wait for one to end, or restart the application.");
        }

        // On a thread of its own, so that a prompt works in a process whose thread pool is exhausted.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(gone, session.Ended);
        var cancelled = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
        var run = Task.Factory.StartNew(() => RunAsync(session, image, index, cancelled), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        try
        {
            var result = await run.WaitAsync(over.Token);
            call.Answer(new EvaluateReport(result.Output, result.Value, result.Failure), ControlJson.Default.EvaluateReport);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            if (!run.IsCompleted)
                PromptLog.LeftBehind(log, UserOf(call), call.Caller.Process);
        }
        catch (Exception e) when (e is BadImageFormatException or TypeLoadException or FileLoadException)
        {
            throw new ControlException(ControlError.InvalidParameters, $"The attached file is not a line that was compiled for this session: {e.Message}");
        }
    }

    private async Task<PromptResult> RunAsync(Session session, byte[] image, int index, CancellationTokenSource cancelled)
    {
        try
        {
            return await session.Prompt.RunAsync(image, index, cancelled.Token);
        }
        finally
        {
            Interlocked.Decrement(ref _lines);
            cancelled.Dispose();
        }
    }

    private Deployment Find(string? application) =>
        process.Deployments.FirstOrDefault(each => each.HasApplication && (application is null || each.Application.Name == application))
        ?? throw new TacHostException(ExitCode.Unavailable, application is null ? "the process has no application yet." : $"the process has no application '{application}'.");

    private static byte[] ImageOf(SafeFileHandle? file)
    {
        if (file is null)
            throw new ControlException(ControlError.InvalidParameters, "A line is compiled by the client, and is a file attached to the call. Use 'tachost attach'.");
        try
        {
            if (RandomAccess.GetLength(file) is not (> 0 and <= LargestImage and var length))
                throw new ControlException(ControlError.InvalidParameters, $"A compiled line has at most {LargestImage} bytes.");
            var image = new byte[length];
            return RandomAccess.Read(file, image, 0) == length ? image : throw new ControlException(ControlError.InvalidParameters, "The attached file became shorter.");
        }
        catch (Exception e) when (e is NotSupportedException or IOException or UnauthorizedAccessException)
        {
            throw new ControlException(ControlError.InvalidParameters, $"The attached descriptor cannot be read as a file: {e.Message}");
        }
    }

    private static string UserOf(ControlCall call) => Accounts.User(call.Caller.User)?.Name ?? call.Caller.User.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private sealed record Session(Deployment Deployment, PromptSession Prompt, CancellationToken Ended) : IDisposable
    {
        public void Dispose() => Prompt.Dispose();
    }
}
