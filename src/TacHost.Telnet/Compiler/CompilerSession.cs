using System.Globalization;
using TacHost.Services.Prompts;

namespace TacHost.Telnet.Compiler;

/// <summary>Compiles, loads and runs the lines of one session. Each line can use the declarations of earlier lines.</summary>
internal sealed class CompilerSession(SharedCompiler shared, int number, PromptSession prompt, int longestOutput, TimeSpan compileLimit) : IDisposable
{
    /// <summary>The lines that later lines build on. Another child needs them again.</summary>
    private readonly List<SubmittedLine> _kept = [];
    private CompilerProcess? _process;
    private int _keptByProcess;

    /// <summary>The serial number of the last line. An abandoned line and the next line have the same index, but must have different names.</summary>
    private int _serial;
    private bool _isClosed;

    /// <summary>Starts the compiler, unless it runs, so that it is ready for the next line.</summary>
    /// <exception cref="InvalidOperationException">There is no command to start.</exception>
    public void Prepare() => Connect();

    /// <summary>Compiles and runs a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="limit">The timeout of the line, without compilation.</param>
    /// <param name="ended">Called when no code of the line is running any more, which may be long after the timeout.</param>
    /// <param name="cancellationToken">Cancelled when the result is no longer needed.</param>
    /// <returns>The output of the line.</returns>
    /// <exception cref="TimeoutException">The line exceeded the timeout and continues to run. The message is intended for the user of the session.</exception>
    public async Task<string> EvaluateAsync(string line, TimeSpan limit, Action ended, CancellationToken cancellationToken)
    {
        SubmittedLine given = new(++_serial, _kept.Count, line);
        Task<string> run;
        try
        {
            var answer = await AskAsync(CompilerRequest.Compile, given, cancellationToken);
            if (answer.Text is { } errors)
            {
                ended();
                return Bounded(errors);
            }

            run = Task.Run(() => RunAsync(answer.Image, given.Index, limit, ended, cancellationToken), CancellationToken.None);
        }
        catch
        {
            ended();
            throw;
        }

        try
        {
            var answer = await run.WaitAsync(limit, cancellationToken);
            _kept.Add(given);
            return answer;
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"The line did not end within {limit.TotalSeconds:0.###} s. It keeps running; 'cancelled' is signalled to it."), e);
        }
    }

    /// <summary>Returns the names that can complete a partial line.</summary>
    /// <exception cref="TimeoutException">The compiler exceeded its timeout.</exception>
    public async Task<string[]> CompleteAsync(string line, CancellationToken cancellationToken) =>
        (await AskAsync(CompilerRequest.Complete, new SubmittedLine(++_serial, _kept.Count, line), cancellationToken)).Names;

    public void Dispose()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        try
        {
            if (_process is { HasEnded: false } process)
            {
                process.Send(writer =>
                {
                    writer.Write((byte)CompilerRequest.Close);
                    writer.Write(number);
                });
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The child has already ended.
        }
        finally
        {
            shared.Leave();
            prompt.Dispose();
        }
    }

    /// <summary>Asks the child, with a timeout. Some short lines keep the compiler busy for hours. After the timeout, or if the session has ended, the child is killed. Other sessions start another one.</summary>
    private async Task<CompilerAnswer> AskAsync(CompilerRequest request, SubmittedLine line, CancellationToken cancellationToken)
    {
        for (var isRetry = false; ; isRetry = true)
        {
            CompilerProcess? process = null;
            try
            {
                process = Connect();
                return await process.AskAsync(writer => line.Write(writer, request, number)).WaitAsync(compileLimit, cancellationToken);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException && !isRetry)
            {
                // The child has ended, for example because another session's line kept it busy.
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                process?.Kill();
                if (e is TimeoutException)
                    throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"The compiler did not finish within {compileLimit.TotalSeconds:0.###} s. It was stopped."), e);
                throw;
            }
        }
    }

    /// <summary>Returns a child that knows this session and its lines.</summary>
    private CompilerProcess Connect()
    {
        var process = shared.Process();
        process.Send(writer =>
        {
            if (process != _process)
                WriteOpening(process, writer);
            for (; _keptByProcess < _kept.Count; _keptByProcess++)
                _kept[_keptByProcess].Write(writer, CompilerRequest.Commit, number);
        });
        return process;
    }

    private void WriteOpening(CompilerProcess process, BinaryWriter writer)
    {
        List<Guid> versions = [];
        foreach (var assembly in prompt.References)
        {
            var metadata = PromptSession.MetadataOf(assembly);
            if (metadata.IsEmpty)
                continue;
            process.WriteReference(writer, assembly.ManifestModule.ModuleVersionId, metadata);
            versions.Add(assembly.ManifestModule.ModuleVersionId);
        }

        writer.Write((byte)CompilerRequest.Open);
        writer.Write(number);
        writer.Write(PromptSession.Framework);
        writer.Write(versions.Count);
        foreach (var version in versions)
            writer.Write(version.ToByteArray());
        (_process, _keptByProcess) = (process, 0);
    }

    private async Task<string> RunAsync(byte[] image, int index, TimeSpan limit, Action ended, CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(limit);
        try
        {
            var result = await prompt.RunAsync(image, index, time.Token);
            return $"{result.Output}{result.Failure ?? result.Value}";
        }
        finally
        {
            ended();
        }
    }

    private string Bounded(string text) => text.Length <= longestOutput ? text : $"{text[..longestOutput]}\n… cut: a line shows {longestOutput} characters at most.";
}
