using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace TacHost.Services.Networking.Connecting;

/// <summary>Conversions of connection failures to exceptions with the cause and the remedy.</summary>
internal static class ConnectFailure
{
    private const int MostAddresses = 8;

    /// <summary>Returns whether an exception is an expected failure of an attempt.</summary>
    public static bool IsExpected(Exception e) =>
        e is AggregateException or AttemptException or SocketException or AuthenticationException or IOException or CryptographicException or UnauthorizedAccessException or ArgumentException or ObjectDisposedException;

    /// <summary>Converts an exception of an attempt to a <see cref="CannotConnectException"/>.</summary>
    public static CannotConnectException Of(ClientEndpoint endpoint, Exception failure)
    {
        var attempts = failure is AggregateException all ? [.. all.InnerExceptions.OfType<AttemptException>()] : failure is AttemptException one ? [one] : (AttemptException[])[];
        if (attempts.Length == 0)
            return OfOther(endpoint, failure);
        var error = attempts[0].Error;
        var addresses = string.Join(", ", attempts.Take(MostAddresses).Select(attempt => attempt.Address));
        var (reason, advice) = Words(error, addresses, attempts[0].InnerException!.Message);
        if (attempts.Any(attempt => attempt.Error != error))
        {
            reason = $"none of its addresses can be reached: {string.Join("; ", attempts.Take(MostAddresses).Select(attempt => attempt.Message))}";
            advice = "Start that server, or correct the host and the port";
        }

        return Make(endpoint, error, reason, advice, attempts[0].InnerException);
    }

    public static CannotConnectException TimedOut(ClientEndpoint endpoint) => Make(
        endpoint,
        SocketError.TimedOut,
        string.Create(CultureInfo.InvariantCulture, $"that took longer than {endpoint.Timeout.TotalSeconds:0.###} s"),
        "See whether something on the way drops packets, or give it more time by 'timeout='",
        null);

    public static CannotConnectException NotWanted(ClientEndpoint endpoint, string factory, Exception? cause) => Make(
        endpoint,
        SocketError.ConnectionAborted,
        $"{factory} built no protocol{(cause is null ? "" : $": {cause.Message.TrimEnd('.')}")}",
        "Return one from BuildProtocol",
        cause);

    public static CannotConnectException Make(ClientEndpoint endpoint, SocketError error, string reason, string advice, Exception? cause) =>
        new(endpoint, error, $"Cannot connect to '{endpoint}', because {reason}.\n  {advice}.", cause);

    private static CannotConnectException OfOther(ClientEndpoint endpoint, Exception failure) => failure switch
    {
        AuthenticationException => Make(endpoint, SocketError.ConnectionAborted, $"the TLS handshake failed: {Text(failure)}", "See that the certificate is for that host and that its authority is trusted ('trustRoots=')", failure),
        SocketException e when e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
            Make(endpoint, e.SocketErrorCode, $"that host name cannot be resolved: {Text(e)}", "Correct the name, or give an address", e),
        SocketException e => Make(endpoint, e.SocketErrorCode, $"the attempt failed: {Text(e)}", "Correct that, or connect to another endpoint", e),
        CryptographicException or UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException =>
            Make(endpoint, SocketError.InvalidArgument, $"a certificate that it names cannot be read: {Text(failure)}", "Name PEM files that this user may read", failure),
        ArgumentException => Make(endpoint, SocketError.InvalidArgument, $"it is invalid: {Text(failure)}", "Correct the endpoint", failure),
        _ => Make(endpoint, SocketError.ConnectionAborted, $"the connection ended before it was ready: {Text(failure)}", "See what that server logs", failure),
    };

    private static (string Reason, string Advice) Words(SocketError error, string addresses, string text) => error switch
    {
        SocketError.ConnectionRefused => ($"no process listens on {addresses}", "Start that server, or correct the host and the port"),
        SocketError.NetworkUnreachable or SocketError.HostUnreachable => ($"there is no route to {addresses}", "See that the network is up"),
        SocketError.AddressNotAvailable => ($"{addresses} cannot be reached from the address to connect from, which this machine does not have", "Correct 'bindAddress=', or leave it out"),
        SocketError.TooManyOpenSockets => ("the process has no free file descriptors", "Raise the limit with 'ulimit -n' or LimitNOFILE="),
        SocketError.TimedOut => ($"{addresses} did not answer", "See that the host is up, and that nothing on the way drops packets"),
        _ => ($"the attempt failed: {addresses}: {text.TrimEnd('.')}", "Correct that, or connect to another endpoint"),
    };

    private static string Text(Exception e) => (e.InnerException is { } inner and not SocketException ? $"{e.Message} {inner.Message}" : e.Message).TrimEnd('.');
}
