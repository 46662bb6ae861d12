namespace TacHost.CommandLine;

/// <summary>What a command line asks the host to do.</summary>
internal abstract record HostRequest
{
    private HostRequest()
    {
    }

    public sealed record ShowHelp : HostRequest;

    public sealed record ShowVersion : HostRequest;

    public sealed record Run(HostOptions Options) : HostRequest;
}
