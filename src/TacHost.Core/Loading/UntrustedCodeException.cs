namespace TacHost.Loading;

/// <summary>The exception for a file that is not loaded because another user could have written it.</summary>
internal sealed class UntrustedCodeException(string path, string reason)
    : TacHostException(TacHost.ExitCode.NoPermission, $"'{path}' is not run as this user, because {reason}. Change the owner of the file and its directories to root or this user, and remove the write permission of others. Or name a trusted directory in {CodeFile.TrustVariable}.")
{
    /// <summary>Gets the reason, without the path of the file.</summary>
    public string Reason { get; } = reason;
}
