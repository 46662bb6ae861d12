using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using TacHost.Services;

namespace TacHost.Telnet.Sessions;

/// <summary>
/// A check of logins against a password file, or against the password that was generated
/// at the start. Each failed login doubles the delay of the next failure, for all clients.
/// </summary>
internal sealed class Logins(PasswordFile? users, TimeSpan firstDelay)
{
    private const int PasswordLength = 20;
    private readonly Backoff _backoff = new() { InitialDelay = firstDelay / 2, Factor = 2, MaxDelay = 16 * firstDelay, Jitter = () => TimeSpan.Zero };
    private byte[] _hash = [];
    private int _failures;

    public bool AsksForName => users is not null;

    /// <summary>Generates a password, which is known only to the caller.</summary>
    public string MakePassword()
    {
        var password = RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", PasswordLength);
        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(password));
        return password;
    }

    /// <summary>Verifies a password. Delays the answer if the password is wrong.</summary>
    public async Task<bool> CheckAsync(string name, string password, ILogger logger, CancellationToken cancellationToken)
    {
        bool isRight;
        try
        {
            isRight = users is null
                ? CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(password)), _hash)
                : await users.VerifyAsync(name, password, cancellationToken) is not null;
        }
        catch (PasswordFileException e)
        {
            TelnetLog.PasswordFileBroken(logger, e.Message);
            isRight = false;
        }

        if (isRight)
        {
            Interlocked.Exchange(ref _failures, 0);
            return true;
        }

        var failures = Interlocked.Increment(ref _failures);
        await Task.Delay(_backoff.DelayAfter(failures), cancellationToken);
        return false;
    }
}
