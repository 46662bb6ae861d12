using System.Buffers;
using TacHost.Services.Networking;

namespace FastPoetry.Services;

/// <summary>Reads a poem up to the end of the connection.</summary>
internal sealed class PoetryClientProtocol(int longest) : Protocol
{
    private readonly TaskCompletionSource<ReadOnlyMemory<byte>> _poem = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ArrayBufferWriter<byte> _text = new();

    /// <summary>
    /// Gets a task for the complete poem. It fails with the reason why the connection was
    /// lost, or with an <see cref="InvalidDataException"/> if the poem is too long.
    /// </summary>
    public Task<ReadOnlyMemory<byte>> Poem => _poem.Task;

    /// <summary>Gets the number of bytes received.</summary>
    public int Count => _text.WrittenCount;

    /// <summary>Aborts the connection. Call it only after the connection is made.</summary>
    public void Abort() => Transport.AbortConnection();

    /// <inheritdoc/>
    protected override void DataReceived(ReadOnlySpan<byte> data)
    {
        if (data.Length > longest - _text.WrittenCount)
        {
            _poem.TrySetException(new InvalidDataException($"it is longer than {longest} bytes"));
            Transport.AbortConnection();
            return;
        }

        _text.Write(data);
    }

    /// <inheritdoc/>
    protected override void ConnectionLost(Exception? reason)
    {
        if (reason is null)
            _poem.TrySetResult(_text.WrittenMemory);
        else
            _poem.TrySetException(reason is OperationCanceledException ? new IOException(reason.Message, reason) : reason);
    }
}
