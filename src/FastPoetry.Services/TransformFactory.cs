using System.Net;
using TacHost.Services.Networking;

namespace FastPoetry.Services;

/// <summary>A factory of protocols, each of which transforms one poem for its client.</summary>
/// <remarks>
/// The client sends the netstring <c>NAME.POEM</c>, UTF-8, and gets the transformed poem as a netstring; then the connection is closed. If there is no such transform, or the request is
/// malformed or longer than <see cref="MaxLength"/>, it is closed without an answer.
/// </remarks>
/// <param name="transforms">Transforms the poems.</param>
public sealed class TransformFactory(TransformService transforms) : ServerFactory
{
    /// <summary>Gets the maximum length of a request in bytes. Defaults to 99,999, as in the original.</summary>
    public int MaxLength
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(MaxLength));
            field = value;
        }
    } = 99_999;

    /// <inheritdoc/>
    protected override Protocol BuildProtocol(EndPoint peer) => new TransformProtocol(transforms, MaxLength);
}
