// Package endtoend puts the program before AWS's own provider: the real engine
// runs both homes, each AWS resource is checked, planned and made by
// terraform-provider-aws through Pulumi's bridge, and moto keeps what is made.
//
// What moto cannot hold is checked and planned by the same provider with the
// inputs that the program really sends, and then kept by the simulator, whose
// outputs the rest of the program gets to see. Kubernetes objects stay on the
// simulator altogether.
package endtoend
