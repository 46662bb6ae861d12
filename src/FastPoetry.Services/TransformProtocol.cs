using System.Text;
using TacHost.Services.Networking;

namespace FastPoetry.Services;

/// <summary>Reads one request, answers it and closes.</summary>
internal sealed class TransformProtocol : NetstringProtocol
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly TransformService _transforms;

    public TransformProtocol(TransformService transforms, int maxLength) => (_transforms, MaxLength) = (transforms, maxLength);

    /// <inheritdoc/>
    protected override void StringReceived(ReadOnlySpan<byte> text)
    {
        if (Answer(text) is { } answer)
            SendString(answer);
        Transport.LoseConnection();
    }

    /// <inheritdoc/>
    protected override void NetstringBroken(string reason) => PoetryLog.NotTransformed(Logger, Transport.Peer, $"its request is not a netstring: {reason}");

    private string? Answer(ReadOnlySpan<byte> request)
    {
        var stop = request.IndexOf((byte)'.');
        if (stop < 0)
        {
            PoetryLog.NotTransformed(Logger, Transport.Peer, "its request has no full stop between the name and the poem");
            return null;
        }

        try
        {
            var (name, poem) = (_strict.GetString(request[..stop]), _strict.GetString(request[(stop + 1)..]));
            var answer = _transforms.Transform(name, poem);
            if (answer is null)
                PoetryLog.NotTransformed(Logger, Transport.Peer, $"there is no transform '{name}'");
            else
                PoetryLog.Transformed(Logger, request.Length - stop - 1, name, Transport.Peer);
            return answer;
        }
        catch (DecoderFallbackException)
        {
            PoetryLog.NotTransformed(Logger, Transport.Peer, "its request is not UTF-8");
            return null;
        }
    }
}
