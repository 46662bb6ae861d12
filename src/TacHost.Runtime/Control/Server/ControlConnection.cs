using System.Text.Json;
using Microsoft.Extensions.Logging;
using TacHost.Control.Wire;
using TacHost.Native;

namespace TacHost.Control.Server;

/// <summary>A connection of a client to the control socket, served on its own thread: reads and executes one request after another.</summary>
internal sealed class ControlConnection(LocalSocket socket, ControlMethods methods, ILogger logger, ControlLimits limits)
{
    private static readonly JsonDocumentOptions _strict = new() { MaxDepth = 16 };
    private static readonly JsonElement _noId = JsonElement.Parse("null"u8);

    private readonly MessageStream _stream = new(socket, limits.LongestRequest);
    private volatile bool _isBusy;
    private volatile bool _isOver;

    /// <summary>Gets whether a call is being executed.</summary>
    public bool IsBusy => _isBusy;

    /// <summary>Serves the client until it disconnects, is idle for too long, or sends a message that is too long.</summary>
    public void Run()
    {
        using (_stream)
        {
            try
            {
                while (!_isOver && _stream.Receive(limits.LongestSilence) is { } message && Serve(message))
                {
                }
            }
            catch (TimeoutException)
            {
                // The client may reconnect.
            }
            catch (InvalidDataException e)
            {
                ReplyTo(_noId).Error(ControlError.NotARequest, e.Message);
            }
        }
    }

    /// <summary>Serves no further request. A call that is under way gets its answer.</summary>
    /// <returns>True if one is.</returns>
    public bool Finish()
    {
        _isOver = true;
        return _isBusy;
    }

    /// <summary>Closes the connection and cancels a running call.</summary>
    public void Close() => socket.ShutDown();

    /// <returns>True if the connection stays open.</returns>
    private bool Serve(ReadOnlyMemory<byte> message)
    {
        if (message.Span.Trim(" \t\r"u8).IsEmpty)
            return true;
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(message, _strict);
        }
        catch (JsonException e)
        {
            var reply = ReplyTo(_noId);
            reply.Error(ControlError.NotJson, $"The line is not JSON: {e.Message}");
            return reply.IsTaken;
        }

        using (document)
        {
            _isBusy = true;
            try
            {
                return Serve(document.RootElement);
            }
            finally
            {
                _isBusy = false;
            }
        }
    }

    private bool Serve(JsonElement request)
    {
        using var attached = _stream.TakeAttached();
        if (request.ValueKind != JsonValueKind.Object)
            return Refuse(_noId, ControlError.NotARequest, request.ValueKind == JsonValueKind.Array ? "Batches are not supported. Send one request a line." : "A request is a JSON object with 'jsonrpc', 'method' and 'id'.");
        JsonElement? id = request.TryGetProperty("id", out var given) ? given : null;
        if (id is { ValueKind: not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.Null) })
            return Refuse(_noId, ControlError.NotARequest, "The 'id' of a request is a string or a number.");
        if (!request.TryGetProperty("jsonrpc", out var version) || version.ValueKind != JsonValueKind.String || !version.ValueEquals("2.0"u8))
            return Refuse(id ?? _noId, ControlError.NotARequest, "A request has \"jsonrpc\":\"2.0\" in it.");
        if (!request.TryGetProperty("method", out var method) || ControlCall.TextOf(method) is not { } name)
            return Refuse(id ?? _noId, ControlError.NotARequest, "The 'method' of a request is a string.");
        var parameters = request.TryGetProperty("params", out var those) ? those : default;
        if (parameters.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object))
            return Refuse(id, ControlError.InvalidParameters, "The 'params' of a request are an object.");
        ControlReply reply = new(_stream, id, limits.SendTimeout);
        ControlCall call = new(name, parameters, reply) { Caller = (socket.Peer.Process, socket.Peer.User), Attached = attached };
        Execute(call, reply);
        return reply.IsTaken;
    }

    private void Execute(ControlCall call, ControlReply reply)
    {
        try
        {
            if (methods.Find(call.Method) is not { } method)
                throw new ControlException(ControlError.NoSuchMethod, $"There is no method '{call.Method}'. There are: {string.Join(", ", methods.Names)}.");
            using CancellationTokenSource gone = new();
            var running = method(call, gone.Token);
            while (!running.AsWaitHandle().WaitOne(limits.HangUpInterval))
            {
                if (socket.HasHungUp && !gone.IsCancellationRequested)
                    gone.Cancel();
            }

            running.GetAwaiter().GetResult();
            if (!reply.IsSent)
                reply.Result(json => json.WriteNullValue());
        }
        catch (Exception e) when (reply.IsSent || e is OperationCanceledException)
        {
            // The client has disconnected or has received its response.
            if (e is not (OperationCanceledException or TacHostException))
                ControlLog.MethodFailed(logger, e, call.Method);
        }
        catch (ControlException e)
        {
            reply.Error(e.Code, e.Message);
        }
        catch (TacHostException e)
        {
            reply.Error(e.ExitCode, e.Message);
        }
        catch (Exception e)
        {
            ControlLog.MethodFailed(logger, e, call.Method);
            reply.Error(ExitCode.Software, $"The method '{call.Method}' failed, and the log says where: {e.GetType().Name}: {e.Message}");
        }
    }

    private bool Refuse(JsonElement? id, int code, string message)
    {
        var reply = new ControlReply(_stream, id, limits.SendTimeout);
        reply.Error(code, message);
        return reply.IsTaken;
    }

    private ControlReply ReplyTo(JsonElement id) => new(_stream, id, limits.SendTimeout);
}
