namespace TacHost.TestSupport.Networking;

/// <summary>Sends each byte on its own.</summary>
public sealed class DribblingStream(Stream inner) : DelegatingStream(inner)
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < buffer.Length; i++)
        {
            await Inner.WriteAsync(buffer.Slice(i, 1), cancellationToken);
            await Task.Yield();
        }
    }
}
