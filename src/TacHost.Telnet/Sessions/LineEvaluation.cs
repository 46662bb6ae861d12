using System.Net;
using Microsoft.Extensions.Logging;
using TacHost.Telnet.Compiler;

namespace TacHost.Telnet.Sessions;

/// <summary>Evaluates and completes the lines of one session, one at a time. An error of the compiler ends the line, and not the session.</summary>
internal sealed class LineEvaluation : IDisposable
{
    private readonly TelnetServer _server;
    private readonly ILogger _logger;
    private readonly string _user;
    private readonly EndPoint _peer;
    private readonly CompilerSession _compiler;
    private readonly Task _ready;

    /// <summary>Opens a session of the compiler, and starts the compiler unless it runs.</summary>
    public LineEvaluation(TelnetServer server, ILogger logger, string user, EndPoint peer)
    {
        (_server, _logger, _user, _peer) = (server, logger, user, peer);
        _compiler = server.Compiler.Open(server.CurrentApplication);
        _ready = Task.Run(_compiler.Prepare);
    }

    /// <summary>Closes the session of the compiler.</summary>
    public void Dispose() => _compiler.Dispose();

    /// <summary>Compiles and runs a line.</summary>
    /// <returns>The output, or the error.</returns>
    public async Task<string> EvaluateAsync(string line, CancellationToken cancellationToken)
    {
        if (!_server.TryBeginLine())
            return "Too many lines are still running. Wait for one to end, or restart the process.";
        Action? hasEnded = _server.EndLine;
        try
        {
            var compiler = await ReadyCompilerAsync();
            var ended = hasEnded;
            hasEnded = null;
            return await Task.Run(() => compiler.EvaluateAsync(line, _server.LineTimeout, ended, cancellationToken), cancellationToken);
        }
        catch (TimeoutException e)
        {
            TelnetLog.LineLeftBehind(_logger, _user, _peer, e.Message);
            return e.Message;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // The error boundary of one line.
            TelnetLog.CompilerBroken(_logger, e);
            return $"The compiler cannot be used: {e.Message}";
        }
        finally
        {
            hasEnded?.Invoke();
        }
    }

    /// <summary>Returns the names that can complete a line; none after an error.</summary>
    public async Task<string[]> CompleteAsync(string line, CancellationToken cancellationToken)
    {
        if (!_server.TryBeginLine())
            return [];
        try
        {
            var compiler = await ReadyCompilerAsync();
            return await Task.Run(() => compiler.CompleteAsync(line, cancellationToken), cancellationToken);
        }
        catch (TimeoutException)
        {
            return [];
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // The error boundary of one key.
            TelnetLog.CompilerBroken(_logger, e);
            return [];
        }
        finally
        {
            _server.EndLine();
        }
    }

    /// <summary>Returns the compiler after its start. If the start failed, the next request tries again and returns the reason.</summary>
    private async Task<CompilerSession> ReadyCompilerAsync()
    {
        await _ready.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _compiler;
    }
}
