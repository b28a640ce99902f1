package execute

import "strings"

// codes are the error codes of AWS that say more than their status, by class.
// They are those of the services that plans call, after AWS's API models
// (tools/judge/contract/testdata/classes.txt lists all that these name); see each
// service's page of common errors and
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html.
var codes = map[string]Class{
	"Throttling": Throttled, "ThrottlingException": Throttled, "ThrottledException": Throttled,
	"RequestThrottled": Throttled, "RequestThrottledException": Throttled, "TooManyRequestsException": Throttled,
	"RequestLimitExceeded": Throttled, "ProvisionedThroughputExceededException": Throttled, "SlowDown": Throttled,
	"LimitExceededException": Throttled, "PriorRequestNotComplete": Throttled,
	"APICallRateForCustomerExceeded": Throttled, "KmsThrottled": Throttled, "TooManyUpdates": Throttled,
	"OverLimit": Throttled,

	"InvalidDBClusterStateFault": Conflict, "InvalidDBInstanceState": Conflict, "InvalidGlobalClusterStateFault": Conflict,
	"InvalidGlobalReplicationGroupState": Conflict, "InvalidReplicationGroupState": Conflict,
	"ResourceInUseException": Conflict, "ConflictException": Conflict, "OperationAbortedException": Conflict,
	"OperationAborted": Conflict, "ConcurrentModificationException": Conflict, "GlobalTableAlreadyExistsException": Conflict,
	"TableInUseException": Conflict, "TransactionConflictException": Conflict, "DBClusterAlreadyExistsFault": Conflict,
	"GlobalClusterAlreadyExistsFault": Conflict, "TableAlreadyExistsException": Conflict, "AlreadyExists": Conflict,
	"GlobalReplicationGroupAlreadyExistsFault": Conflict,
	"Conflict": Conflict, "ReplicationGroupAlreadyExists": Conflict, "DBInstanceAlreadyExists": Conflict,
	"AlreadyExistsException": Conflict, "ResourceAlreadyExistsException": Conflict, "ParameterAlreadyExists": Conflict,
	"SnapshotAlreadyExistsFault": Conflict, "ImageAlreadyExistsException": Conflict,
	"ImageTagAlreadyExistsException": Conflict, "DBProxyTargetAlreadyRegisteredFault": Conflict,
	"InvalidCacheClusterState": Conflict, "InvalidDBProxyStateFault": Conflict,
	"InvalidDBClusterSnapshotStateFault": Conflict, "InvalidDBSnapshotState": Conflict, "InvalidSnapshotState": Conflict,
	"InvalidResourceStateException": Conflict,

	"QueueDoesNotExist": NotFound, "AWS.SimpleQueueService.NonExistentQueue": NotFound,

	"AccessDenied": Denied, "AccessDeniedException": Denied, "UnauthorizedOperation": Denied, "Forbidden": Denied,
	"ExpiredToken": Denied, "ExpiredTokenException": Denied, "UnrecognizedClientException": Denied,
	"InvalidClientTokenId": Denied, "KMSAccessDeniedException": Denied, "KmsAccessDenied": Denied,
	"KMSKeyNotAccessibleFault": Denied,

	"RequestError": Unreachable, "RequestTimeout": Unreachable, "RequestTimeoutException": Unreachable,
	"ServiceUnavailable": Unreachable, "ServiceUnavailableException": Unreachable, "InternalFailure": Unreachable,
	"InternalServerError": Unreachable, "InternalError": Unreachable, "InternalServerException": Unreachable,
	"InternalServiceError": Unreachable, "ServerException": Unreachable, "DependencyFailureException": Unreachable,
	"EndpointTemporarilyUnavailableException": Unreachable,
	"InsufficientInstanceCapacity":            Throttled, "InsufficientDBClusterCapacityFault": Throttled,
	"InsufficientDBInstanceCapacity": Throttled, "InsufficientCacheClusterCapacity": Throttled,
	"InsufficientStorageClusterCapacity": Throttled, "InsufficientAvailableIPsInSubnetFault": Throttled,
}

// ClassOfCode returns the class of an AWS error code, with the HTTP status of
// the answer: zero when none came. A code that the table does not know is
// judged by how it ends and then by its status.
func ClassOfCode(code string, status int) Class {
	if c, known := codes[code]; known {
		return c
	}
	switch {
	case strings.Contains(code, "NotFound"), strings.HasPrefix(code, "NoSuch"):
		return NotFound
	case status == 0 || status >= 500:
		return Unreachable
	case status == 429:
		return Throttled
	case status == 404:
		return NotFound
	case status == 409:
		return Conflict
	case status == 401 || status == 403:
		return Denied
	default:
		return Invalid
	}
}
