namespace TacHost.Services.Networking.Endpoints;

/// <summary>A UNIX socket: <c>unix:/run/poetry.sock</c>.</summary>
internal sealed class UnixClientEndpoint : ClientEndpoint
{
    public required string Path { get; init; }

    public static UnixClientEndpoint Parse(EndpointText text)
    {
        var path = text.Required("path", "the path of a socket");
        var timeout = ClientKinds.Timeout(text);
        UnixServerEndpoint.SkipLockFile(text);
        return new UnixClientEndpoint { Path = path, Timeout = timeout };
    }

    /// <inheritdoc/>
    public override string ToString() => EndpointText.Print("unix", ("", Path), ("timeout", ClientKinds.Print(Timeout)));
}
