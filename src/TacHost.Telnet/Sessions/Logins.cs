using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using TacHost.Services;

namespace TacHost.Telnet.Sessions;

/// <summary>Who may come in: the users of a password file, or whoever knows the password that was made at the start. After each failure all wait longer for the next answer.</summary>
internal sealed class Logins(PasswordFile? users, TimeSpan firstDelay)
{
    private const int PasswordLength = 20;
    private const int MostDoublings = 4;
    private byte[] _hash = [];
    private int _failures;

    public bool AsksForName => users is not null;

    /// <summary>Makes a password, which nobody hears but whom it is returned to.</summary>
    public string MakePassword()
    {
        var password = RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", PasswordLength);
        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(password));
        return password;
    }

    /// <summary>Checks a password, and takes its time after a wrong one.</summary>
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
        await Task.Delay(firstDelay * (1 << Math.Min(failures - 1, MostDoublings)), cancellationToken);
        return false;
    }
}
